<?xml version="1.0" encoding="UTF-8"?>
<!-- 客户服务响应记录表, the response record: one ticket from its registration to its closing. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:import href="layout.xsl"/>

<xsl:template match="page" mode="body">
  <table>
    <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">客户名称</xsl:with-param><xsl:with-param name="en">Customer</xsl:with-param></xsl:call-template>
      <td><xsl:value-of select="customer/name"/><xsl:if test="customer_id"><span class="quiet"><xsl:text> </xsl:text><xsl:value-of select="customer_id"/></span></xsl:if></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">联系方式</xsl:with-param><xsl:with-param name="en">Contact</xsl:with-param></xsl:call-template>
      <td>
        <xsl:value-of select="contact/name"/>
        <xsl:text> </xsl:text><xsl:value-of select="contact/phone"/>
        <xsl:text> </xsl:text><xsl:value-of select="contact/fax"/>
        <xsl:text> </xsl:text><xsl:value-of select="contact/email"/>
      </td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">发生时间</xsl:with-param><xsl:with-param name="en">Occurred</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="occurred_at" mode="time"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">登记时间</xsl:with-param><xsl:with-param name="en">Registered</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="received_at" mode="time"/><xsl:text> </xsl:text><xsl:apply-templates select="recorder" mode="person"/></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">问题类别</xsl:with-param><xsl:with-param name="en">Category</xsl:with-param></xsl:call-template>
      <td colspan="3"><xsl:call-template name="ticks"><xsl:with-param name="of" select="types/item"/></xsl:call-template></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">优先级</xsl:with-param><xsl:with-param name="en">Priority</xsl:with-param></xsl:call-template>
      <td colspan="3"><xsl:call-template name="ticks"><xsl:with-param name="of" select="urgencies/item"/></xsl:call-template></td>
    </tr>
    <xsl:call-template name="field-rows"/>
  </table>
  <xsl:call-template name="details"/>
  <table>
    <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">处理人</xsl:with-param><xsl:with-param name="en">Handler</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="handler" mode="person"/><xsl:text> </xsl:text><span class="quiet"><xsl:apply-templates select="department" mode="word"/></span></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">受理时间</xsl:with-param><xsl:with-param name="en">Accepted</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="(plans/item[1]/at | handed_over_at[not(/page/plans/item)])[1]" mode="time"/></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">预计解决时间</xsl:with-param><xsl:with-param name="en">Expected</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="expected_at" mode="time"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">实际解决时间</xsl:with-param><xsl:with-param name="en">Solved</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="solved_at" mode="time"/></td>
    </tr>
  </table>
  <xsl:if test="plans/item/measures">
    <xsl:call-template name="text">
      <xsl:with-param name="zh">处理方案</xsl:with-param>
      <xsl:with-param name="en">Plan</xsl:with-param>
      <xsl:with-param name="value" select="plans/item[last()]/measures"/>
    </xsl:call-template>
  </xsl:if>

  <xsl:call-template name="progress">
    <xsl:with-param name="zh">处理进度</xsl:with-param>
    <xsl:with-param name="en">Progress</xsl:with-param>
  </xsl:call-template>

  <xsl:if test="contacts/item | merged/item/contacts/item">
    <xsl:call-template name="contacts"/>
  </xsl:if>

  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">反馈与关闭</xsl:with-param><xsl:with-param name="en">Feedback and closing</xsl:with-param></xsl:call-template>
    <xsl:call-template name="text">
      <xsl:with-param name="zh">处理结果</xsl:with-param>
      <xsl:with-param name="en">Result</xsl:with-param>
      <xsl:with-param name="value" select="result"/>
    </xsl:call-template>
    <table>
      <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
      <tr>
        <xsl:call-template name="th"><xsl:with-param name="zh">反馈时间</xsl:with-param><xsl:with-param name="en">Feedback</xsl:with-param></xsl:call-template>
        <td><xsl:apply-templates select="contacts/item[kind/name = 'result' and reached = 'true'][last()]/at" mode="time"/></td>
        <xsl:call-template name="th"><xsl:with-param name="zh">满意度</xsl:with-param><xsl:with-param name="en">Satisfaction</xsl:with-param></xsl:call-template>
        <td><xsl:call-template name="ticks"><xsl:with-param name="of" select="levels/item"/></xsl:call-template></td>
      </tr>
      <tr>
        <xsl:call-template name="th"><xsl:with-param name="zh">工单状态</xsl:with-param><xsl:with-param name="en">State</xsl:with-param></xsl:call-template>
        <td><xsl:apply-templates select="stage" mode="word"/></td>
        <xsl:call-template name="th"><xsl:with-param name="zh">关闭时间</xsl:with-param><xsl:with-param name="en">Closed</xsl:with-param></xsl:call-template>
        <td><xsl:apply-templates select="closed_at" mode="time"/></td>
      </tr>
    </table>
    <xsl:call-template name="text">
      <xsl:with-param name="zh">备注</xsl:with-param>
      <xsl:with-param name="en">Remarks</xsl:with-param>
      <xsl:with-param name="value" select="satisfaction/note"/>
    </xsl:call-template>
  </section>
</xsl:template>

</xsl:stylesheet>
